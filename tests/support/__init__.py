"""What tests in several drawers share; nothing here is a test."""
