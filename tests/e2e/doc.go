// Package e2e tests scwkms through the programs that people run: step-ca,
// step-kms-plugin, openssl and ssh-keygen, against the emulator. See build.sh
// for how the programs are made; `make test` sets everything up.
package e2e
