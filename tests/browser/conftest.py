"""The fixtures of `tests.support.browser`: JupyterLab and Chromium, for every test of something seen and pressed."""

from tests.support.browser import browser, javascript, lab, looks, open_for_all, open_notebook, pages

__all__ = ["browser", "javascript", "lab", "looks", "open_for_all", "open_notebook", "pages"]
