package scwkms

// Scheme is the URI scheme of clients and keys, and the type under which the package registers.
const Scheme = "scwkms"
