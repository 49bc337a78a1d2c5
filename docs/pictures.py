"""Cut the pictures of the README out of the stored notebooks: python docs/pictures.py"""

from __future__ import annotations

import base64
import json
from pathlib import Path

HERE = Path(__file__).parent
PICTURES = {"fine_tuning.png": ("08_fine_tuning", "history.plot()")}  # name -> notebook, code of the cell that drew it


def picture(notebook: str, code: str) -> bytes:
    """The first PNG below the cell with this code. Raises LookupError if there is none."""
    file = HERE.parent / "notebooks" / f"{notebook}.ipynb"
    for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
        if code in "".join(cell["source"]):
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    return base64.b64decode("".join(output["data"]["image/png"]))
    raise LookupError(f"{file.name} has no picture below a cell with {code!r}.")


if __name__ == "__main__":
    for name, (notebook, code) in PICTURES.items():
        (HERE / "pictures" / name).write_bytes(picture(notebook, code))
        print(name)
