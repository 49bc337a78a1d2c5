"""A notebook as one HTML file that works with no kernel and no network: `lessons page`.

`text` turns Markdown, formulas and code into clean HTML, `states` makes the widgets' values, `export` puts the page
together. The page is for publishing, and a notebook may come from anyone: whatever it says is sanitised, and the page's
own policy forbids all other scripts and every request.
"""
