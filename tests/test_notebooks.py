"""The notebooks run from top to bottom, and are committed without noise."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore")
def test_notebook_runs(path, tmp_path, monkeypatch):
    # The kernel is a process of its own; it finds the package where the tests do.
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    assert os.environ["CODELLM_GRAPH_CACHE"]
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    shown = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    assert not [o for o in shown if o.output_type == "error"]
    if path.stem == "01-first-look":
        pages = [o["data"]["text/html"] for o in shown if "text/html" in o.get("data", {})]
        assert len(pages) == 1
        assert pages[0].startswith("<iframe sandbox=")
        printed = "".join(o.get("text", "") for o in shown)
        assert "rlFrom           model:qwen3-32b" in printed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_committed_without_noise(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count is None
            # Pages are large and made anew; text is kept.
            assert not [o for o in cell.outputs if "text/html" in o.get("data", {})]
