"""Pages for people: what the console prints of a ratio and an analysis, and the figures.

``words`` numbers and units as text; ``ratio_page`` and ``analysis_page`` the parts of the two
pages; ``console`` prints them; ``figures`` the figures and how they are saved. Pages are made from
the same plain records that ``--json`` prints, figures from the arrays themselves. Nothing here
computes a number that is not in its input, apart from :mod:`selectivity.report.running`.
"""
