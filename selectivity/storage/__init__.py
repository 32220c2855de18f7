"""The run folder: what was asked, the sampled segments, what was made of them, and who writes.

``files`` whole files or none, strict JSON; ``folder`` layout, run file and its resolved form;
``lock`` one writer at a time; ``encode`` records as HDF5 datasets; ``seal`` the checksum of a
segment file; ``segment`` segments written and read; ``sink`` where sampling hands its blocks;
``verify`` the check of all of it.
"""
