"""The embedded engine: generates C++, builds it with the machine's compiler and runs it in this process."""
