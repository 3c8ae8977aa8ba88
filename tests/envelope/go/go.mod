module github.com/scwkms/scwkms/tests/envelope/go

go 1.25.0

require (
	github.com/scwkms/scwkms/go v0.0.0
	go.step.sm/crypto v0.77.1
)

require (
	github.com/pkg/errors v0.9.1 // indirect
	golang.org/x/sys v0.42.0 // indirect
	golang.org/x/term v0.41.0 // indirect
)

replace github.com/scwkms/scwkms/go => ../../../go
