"""The page of a run: one self-contained HTML file, its figures as SVG and PDF, their data as CSV.

A figure is drawn once, as a list of marks (:mod:`~selectivity.report.page.canvas`), and written
three times: into the page, as a file of its own, and, by matplotlib, as PDF. Each section of the
page has a module; :mod:`~selectivity.report.page.write` puts them together.
"""
