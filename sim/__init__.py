"""The world floor and the application: what happens, and the command that makes it happen."""
