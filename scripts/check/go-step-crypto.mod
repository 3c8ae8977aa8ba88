module github.com/scwkms/scwkms/go

go 1.26.0

require (
	go.step.sm/crypto v0.92.0
	go.uber.org/goleak v1.3.0
)

require (
	github.com/pkg/errors v0.9.1 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/term v0.47.0 // indirect
)
