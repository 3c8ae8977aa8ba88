//go:build !linux

package stepca

import "syscall"

// diesWithParent is only known to Linux; elsewhere Stop has to be called.
func diesWithParent() *syscall.SysProcAttr { return nil }
