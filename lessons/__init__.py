"""The tested code behind the notebooks: one module per notebook, of the same name."""

__version__ = "0.1.0"
