package stepca

import "syscall"

// diesWithParent makes the kernel kill the CA if this process ends without
// stopping it.
func diesWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
