// How malloc keeps what was freed.

import CLinux
import Glibc

/// Lets malloc give large blocks back to the system as soon as they are freed. Otherwise it raises the size
/// from which a block is a mapping of its own with each one that is freed, and the tables that a crowd made
/// grow stay behind it in pieces.
func giveLargeBlocksBack() {
  mallopt(M_MMAP_THRESHOLD, 128 * 1024)
}
