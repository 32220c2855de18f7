"""The command line.

Matrices here are small: on a machine that does other work too, threads inside the linear algebra
were seen to make the analysis ten times slower, so the program asks for one unless told otherwise.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
