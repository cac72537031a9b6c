"""Measuring the main pages over HTTP beside a bare view: `kribbe bench`."""
