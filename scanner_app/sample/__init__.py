"""Sample data of a small manufacturer of pumps, drives and handheld meters, and a shift played on it."""

from scanner_app.sample.company import SITES, Company, company, to_json

__all__ = ["SITES", "Company", "company", "to_json"]
