"""Drafts over HTTP: begin, revise, check, compare, try out, approve, publish."""
