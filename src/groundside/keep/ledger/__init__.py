"""
The ledger: an append-only Merkle tree of what was done, signed, and checked by others.

Pure: `merkle` (tree and proofs), `keys`, `note` and `checkpoint` (what is signed), `entries` (what a leaf says),
`proofs` (proofs as text). On the catalogue: `tiles` and `log` (store), `stored`, `locating` and `check` (find and name
damage). Elsewhere: `witness` (another machine that cosigns), `standalone` (one file that verifies with Python alone and
travels with evidence).
"""
