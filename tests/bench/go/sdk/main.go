// Sdk runs the load with a signer that calls Scaleway's SDK.
package main

import (
	"errors"

	"github.com/scwkms/scwkms/tests/bench/go/load"
	"github.com/scwkms/scwkms/tests/bench/go/scwsdk"
)

func main() {
	arguments := load.Parse()
	if arguments.Verify {
		load.Fail(errors.New("the SDK does not verify signatures: use -go-verify"))
	}
	signer, err := scwsdk.NewSigner(arguments.Key)
	if err != nil {
		load.Fail(err)
	}
	load.Run(arguments, signer, scwsdk.IsRateLimited)
}
