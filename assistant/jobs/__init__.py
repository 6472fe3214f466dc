"""Background work of the service: the worker loop over due jobs, and periodic tasks."""
