"""The libraries behind the camera, loaded at the first use; one that is missing is one plain sentence."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType

from drivers.driver import DriverError

_PACKAGES = {"cv2": "opencv-python", "zxingcpp": "zxing-cpp", "numpy": "numpy", "PIL.Image": "pillow"}


@cache
def library(module: str) -> ModuleType:
    """The module, ready to use. Raises :class:`DriverError` where it is not installed or cannot be loaded."""
    try:
        loaded = importlib.import_module(module)
    except ImportError as error:
        package = _PACKAGES[module]
        try_this = f"run: pip install {package}"
        if module == "cv2" and "libGL" in str(error):
            try_this = "run: sudo apt install libgl1"
        raise DriverError(
            "The camera cannot be used", f"{package} is not there ({error})", try_this
        ) from error
    if module == "cv2":
        loaded.setNumThreads(
            1
        )  # a handheld has other work for its cores, and one frame gains nothing by more
    return loaded
