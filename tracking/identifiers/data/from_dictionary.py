"""Makes ``gs1_dictionary.py`` from the text of the GS1 Barcode Syntax Dictionary, comments and blanks left out.

The command, in the folder of the dictionary::

    python -m tracking.identifiers.data.from_dictionary < gs1-syntax-dictionary.txt > gs1_dictionary.py

The dictionary is published by GS1 AISBL under the Apache License 2.0 in the repository gs1/gs1-syntax-dictionary.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

HEAD = '''"""The GS1 Barcode Syntax Dictionary: a line an AI or range of them. Made by from_dictionary.py, not by hand.

Copyright 2022-2026 GS1 AISBL. Licensed under the Apache License, Version 2.0 (``LICENSE-APACHE-2.0.txt`` beside this
file). Changed from the original: comments, titles' alignment and repeated blanks are left out.

A line is ``AIs [flags] components [attributes] # title``. Flag ``*``: predefined length, no separator after it.
Flag ``?``: may be a data attribute of a Digital Link. ``[N6]``: optional component.
"""

ROWS = """\\
'''


def compact(lines: Iterable[str]) -> list[str]:
    """The rows of the dictionary's text, one blank between words; comment lines and empty ones are gone."""
    return [" ".join(line.split()) for line in lines if line.strip() and not line.lstrip().startswith("#")]


def main() -> None:
    """Standard input to standard output."""
    rows = compact(sys.stdin)
    if any('"""' in row or "\\" in row for row in rows):
        sys.exit("a row cannot stand in a Python string as it is")
    sys.stdout.write(HEAD + "\n".join(rows) + '\n"""\n')


if __name__ == "__main__":
    main()
