"""The application: command line, pipeline, batch, pytest plugin."""
