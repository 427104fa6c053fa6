"""Sample data of a small manufacturer of pumps, drives and handheld meters, and a shift played on it."""

from scanner_app.sample.company import SITES, Company, company, to_json
from scanner_app.sample.shift import shift

__all__ = ["SITES", "Company", "company", "shift", "to_json"]
