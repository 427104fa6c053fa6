"""Attacks on the central server: whatever is sent by whomever, it answers, keeps what it has and takes in no lie."""
