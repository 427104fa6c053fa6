"""./run itself, with an empty lock: the set-up is real, only the packages are missing, so no network is needed."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure import tree

TOOLS = (
    "sh", "env", "awk", "cat", "cp", "dirname", "flock", "grep", "head", "id", "mkdir", "mv", "readlink", "rm", "sed",
    "sha256sum", "sleep", "tail", "touch", "xargs",
)  # fmt: skip
SET_UP_S_MAX = 120


class Clone:
    """A copy of what ./run needs, in a folder with a blank in its name, and a PATH without apt-get."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone"
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)
        base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
        (self.bin / "python3").write_text(f'#!/bin/sh\nexec "{base}" "$@"\n')
        (self.bin / "python3").chmod(0o755)
        shutil.copytree(tree.ROOT / ".ci", self.root / ".ci")
        shutil.copy(tree.ROOT / "run", self.root / "run")
        self.lock("# == base ==\n# == dev ==\n# == hardware ==\n")
        for program in ("scanner_app", "bench"):
            (self.root / program).mkdir()
            (self.root / program / "__main__.py").write_text(
                "import os, sys\nprint(sys.prefix, os.getcwd(), *sys.argv[1:], sep='|')\n"
            )

    def lock(self, text: str) -> None:
        (self.root / "requirements.lock").write_text(text)

    def start(self, *words: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        # No HOME at all, as a service might start it.
        return subprocess.Popen(
            [str(self.root / "run"), *words], cwd=cwd or self.root, env={"PATH": str(self.bin)}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def run(self, *words: str, cwd: Path | None = None) -> tuple[int, str, str]:
        process = self.start(*words, cwd=cwd)
        try:
            out, err = process.communicate(timeout=SET_UP_S_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, out, err


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_two_first_starts_at_once_make_one_set_up_and_both_run(clone: Clone, tmp_path: Path) -> None:
    both = [clone.start("scanner", word, cwd=tmp_path) for word in ("one", "two")]
    ends = [process.communicate(timeout=SET_UP_S_MAX) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert [out for out, _ in ends] == [f"{clone.root}/.venv|{tmp_path}|{word}\n" for word in ("one", "two")]
    assert sum(err.count("Setting up") for _, err in ends) == 1
    assert not (clone.root / ".venv.tmp").exists()

    # Once set up, nothing is done and nothing said; nor is a set-up that holds the lock waited for.
    with (clone.root / "run").open() as script:
        fcntl.flock(script, fcntl.LOCK_EX)
        assert clone.run("demo", "x") == (0, f"{clone.root}/.venv|{clone.root}|demo|x\n", "")

    # The folder can be moved.
    moved = clone.root.rename(tmp_path / "moved")
    clone.root = moved
    assert clone.run("scanner") == (0, f"{moved}/.venv|{moved}\n", "")

    # The scripts in it do not name the folder in which it was built.
    assert (
        subprocess.run(["grep", "-rlI", ".venv.tmp", str(moved / ".venv" / "bin")], check=False).returncode
        == 1
    )

    # Code in the caller's folder does not come before ours, and the suites run where they belong.
    (tmp_path / "scanner_app").mkdir()
    (tmp_path / "scanner_app" / "__main__.py").write_text("print('not ours')")
    for verb in ("scanner", "demo"):
        assert "not ours" not in clone.run(verb, cwd=tmp_path)[1]
    assert clone.run("bench", "--json", cwd=tmp_path) == (0, f"{moved}/.venv|{moved}|--json\n", "")

    # A changed lock is set up again.
    clone.lock("# changed\n# == base ==\n")
    status, _, err = clone.run("scanner")
    assert (status, err.count("Setting up")) == (0, 1)


def test_a_set_up_that_cannot_get_its_packages_says_so_and_leaves_nothing(clone: Clone) -> None:
    clone.lock("# == base ==\nno-index-has-this @ file:///nowhere.whl\n")
    status, out, err = clone.run("scanner")
    assert (status, out) == (2, "")
    assert err.rstrip().endswith("The packages could not be installed: is there a network?")
    assert not (clone.root / ".venv").exists()
    assert not (clone.root / ".venv.tmp").exists()


def test_a_hardware_package_that_cannot_be_had_costs_one_line(clone: Clone) -> None:
    clone.lock("# == base ==\n# == dev ==\n# == hardware ==\nno-index==1 @ file:///nowhere.whl\n")
    status, out, err = clone.run("scanner", "x")
    assert status == 0
    assert out.endswith("|x\n")
    assert [line for line in err.splitlines() if line.startswith("Going on without evdev cv2 pyzbar.")]


def test_a_set_up_that_was_killed_is_begun_again(clone: Clone) -> None:
    (clone.root / ".venv.tmp").mkdir()
    (clone.root / ".venv.tmp" / "half").write_text("")
    (clone.root / ".venv").mkdir()
    assert clone.run("scanner", "x")[:2] == (0, f"{clone.root}/.venv|{clone.root}|x\n")
    assert not (clone.root / ".venv" / "half").exists()


def test_an_old_python_is_refused(clone: Clone) -> None:
    (clone.bin / "python3").write_text("#!/bin/sh\nexit 1\n")
    status, out, err = clone.run("demo")
    assert (status, out) == (2, "")
    assert err.startswith("Python 3.11 or newer is needed")


def test_hardware_in_the_loop_says_plainly_when_it_cannot_run(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(tree.ROOT / ".ci" / "hil.py")],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("The hardware-in-the-loop suite cannot run here: ")
    assert "apt-get install -y qemu-system-x86" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_help_names_every_verb_and_a_wrong_one_is_refused(clone: Clone) -> None:
    status, out, _ = clone.run()
    assert status == 0
    assert all(
        f"  {verb}" in out
        for verb in ("demo", "test", "check", "bench", "scanner", "soak", "hil", "setup", "lock")
    )
    status, out, err = clone.run("nonsense")
    assert (status, out) == (2, "")
    assert err.rstrip().endswith("There is no verb 'nonsense'.")
    assert not (clone.root / ".venv").exists()


@pytest.mark.parametrize("script", ["run", ".ci/setup.sh"])
def test_the_scripts_are_plain_posix_shell(script: str) -> None:
    shell = shutil.which("dash") or "sh"
    assert subprocess.run([shell, "-n", str(tree.ROOT / script)], check=False).returncode == 0
    assert os.access(tree.ROOT / "run", os.X_OK)
