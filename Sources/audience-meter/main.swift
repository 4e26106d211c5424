import Glibc

exit(runCommandLine().rawValue)
