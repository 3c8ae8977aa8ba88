// Package e2e tests scwkms with the programs that its users run: step-ca, step,
// step-kms-plugin, openssl and ssh-keygen. Key Manager is the emulator. build.sh
// builds the programs, and `make test` runs everything.
package e2e
