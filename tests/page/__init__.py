"""The page in a real browser, room by room; `in_browser` drives it, and fails on what a page must not do."""
