package stepca

import "syscall"

// diesWithParent has the kernel end the CA if this process dies without
// stopping it.
func diesWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
