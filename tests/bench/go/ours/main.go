// Ours runs the load with the Go package of this repository, through the interfaces that step-ca uses.
package main

import (
	"context"
	"errors"
	"strconv"

	"go.step.sm/crypto/kms/apiv1"

	scwkms "github.com/scwkms/scwkms/go"
	"github.com/scwkms/scwkms/tests/bench/go/load"
)

func main() {
	arguments := load.Parse()
	uri := "scwkms:ca-file=" + load.Setting("SCWKMS_CA_FILE") + ";verify=" + strconv.FormatBool(arguments.Verify)
	open, _ := apiv1.LoadKeyManagerNewFunc("scwkms")
	manager, err := open(context.Background(), apiv1.Options{URI: uri})
	if err != nil {
		load.Fail(err)
	}
	defer manager.Close()
	signer, err := manager.CreateSigner(&apiv1.CreateSignerRequest{SigningKey: arguments.Key})
	if err != nil {
		load.Fail(err)
	}
	load.Run(arguments, signer, isRateLimited)
}

func isRateLimited(err error) bool {
	return errors.Is(err, &scwkms.Error{Code: scwkms.CodeRateLimited})
}
