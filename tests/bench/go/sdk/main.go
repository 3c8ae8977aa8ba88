// Sdk puts load on a signer that is written straight on Scaleway's SDK.
package main

import (
	"errors"

	"github.com/scwkms/scwkms/tests/bench/go/load"
	"github.com/scwkms/scwkms/tests/bench/go/scwsdk"
)

func main() {
	arguments := load.Parse()
	if arguments.Verify {
		load.Fail(errors.New("the SDK verifies nothing: -go-verify does"))
	}
	signer, err := scwsdk.NewSigner(arguments.Key)
	if err != nil {
		load.Fail(err)
	}
	load.Run(arguments, signer)
}
