"""Answers as tables, trees, text formats, files and HTML."""
