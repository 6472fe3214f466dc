"""Inter-process communication: RPC between web and worker process, and supervision of processes and tasks."""
