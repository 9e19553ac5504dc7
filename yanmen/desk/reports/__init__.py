"""Reports written from the data: one document becomes a page, a PDF, a Word file and plain text, with the same figures.

`document` what a report consists of · `kinds` who writes which report · `pictures` maps and curves as SVG · `text`, `paper`,
`word` the forms. A subsystem registers its report, or a section of the situation report, in its `pages`.
"""
