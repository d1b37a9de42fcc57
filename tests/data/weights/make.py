# Makes the files of weights in this folder. All hold the matrix W below, but for wide.npz, whose
# number float64 misses by one. Made with NumPy 1.24.2 and SciPy 1.10.1.
import gzip
import numpy as np
import scipy.sparse as sparse

W = np.array([[1, 2], [0, -4], [0.5, 6]])
np.savez("one.npz", W=W)
np.savez_compressed("several.npz", W=W.astype("f2"), other=np.zeros((4, 4)), row=np.arange(3))
for form in "csr", "csc", "coo", "bsr":
    sparse.save_npz(f"{form}.npz", getattr(sparse, f"{form}_matrix")(W))
sparse.save_npz("stored.npz", sparse.csr_matrix(W.astype("f4")), compressed=False)
np.savez("wide.npz", np.array([[1, 2], [2**53 + 1, 4], [5, 6]]))
np.savetxt("plain.csv", W, delimiter=",", header="rec x in")
with gzip.GzipFile("packed.csv.gz", "wb", mtime=0) as file:
    np.savetxt(file, W, delimiter=",")
