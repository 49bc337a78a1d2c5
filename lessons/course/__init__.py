"""What the set-up needs before any package is there: places, errors, assets, installing, the syllabus.

It imports nothing but the standard library.
"""
