"""One chain, then many: from a system and a plan to samples.

``plan`` how long and how finely; ``streams`` random streams by key; ``chain`` a configuration in a
window; ``exchange`` neighbouring windows swap configurations; ``replica`` all windows of one
replica; ``samples`` what comes out; ``checkpoint`` a replica's state as plain arrays; ``watch``
what every block is held to; ``executors`` and ``campaign`` many replicas at once; ``warmup``
compiles the kernels. Finished segments are handed to a sink: nothing here knows of files or of the
terminal.
"""
