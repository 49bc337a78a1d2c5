"""Widgets of the notebooks: one module per notebook, of the same name, on the common base of `lessons.widgets.base`."""
