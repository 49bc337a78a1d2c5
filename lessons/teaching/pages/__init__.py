"""A notebook as one HTML file that works with no kernel and no network, and the course as a folder of such files.

`text` turns Markdown, formulas and code into clean HTML, `states` makes the widgets' values, `export` puts the page
together (`lessons page`). `site` writes all of them (`lessons site`), `front` makes the page that leads to them, and
`search` what can be searched there. A page is for publishing, and a notebook may come from anyone: whatever it says is
sanitised, and the page's own policy forbids all other scripts and every request.
"""
