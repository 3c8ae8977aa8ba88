//go:build !linux

package stepca

import "syscall"

// diesWithParent does nothing: only Linux can kill a process with its parent.
func diesWithParent() *syscall.SysProcAttr { return nil }
