# Thin on purpose: setup_course.py does the work, and does the same on Windows without make.
PYTHON ?= python3

.PHONY: help course test run setup
.DEFAULT_GOAL := help

help:  ## this list
	@echo "make course   set up, then open the course in JupyterLab"
	@echo "make run      set up, then run every notebook from top to bottom"
	@echo "make test     set up, then run every check: style, types, tests, notebooks"
	@echo "make setup    set up only"
	@echo "Another Python: make course PYTHON=python3.12"

course:
	@$(PYTHON) setup_course.py lab

run:
	@$(PYTHON) setup_course.py run

test:
	@$(PYTHON) setup_course.py test

setup:
	@$(PYTHON) setup_course.py
