//go:build cgo && !noscwkms

package scwkms_test

import (
	"context"
	"maps"
	"net/url"
	"testing"

	"go.step.sm/crypto/kms/apiv1"
	"go.step.sm/crypto/kms/uri"

	scwkms "github.com/scwkms/scwkms/go"
)

// clientURI is a client's URI that leaves nothing to the environment, with further parameters as
// names and values in turn. An empty value takes a parameter out.
func clientURI(parameters ...string) string {
	values := url.Values{
		"api-url":    {service.URL},
		"ca-file":    {service.CAFile},
		"access-key": {service.AccessKey},
		"secret-key": {service.SecretKey},
		"project-id": {service.ProjectID},
		"region":     {service.Region},
	}
	for i := 0; i < len(parameters); i += 2 {
		if values.Set(parameters[i], parameters[i+1]); parameters[i+1] == "" {
			values.Del(parameters[i])
		}
	}
	return uri.New(scwkms.Scheme, values).String()
}

// open opens a manager with clientURI.
func open(t *testing.T, parameters ...string) *scwkms.KMS {
	t.Helper()
	return openWith(t, apiv1.Options{URI: clientURI(parameters...)})
}

func openWith(t *testing.T, options apiv1.Options) *scwkms.KMS {
	t.Helper()
	manager, err := scwkms.New(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := manager.Close(); err != nil {
			t.Error(err)
		}
	})
	return manager
}

// costs runs an action that must take these requests of these operations, and no others.
func costs(t *testing.T, want map[string]int, action func()) {
	t.Helper()
	service.resetStatistics(t)
	action()
	if got := service.statistics(t).Operations; !maps.Equal(got, want) {
		t.Errorf("the requests were %v, not %v", got, want)
	}
}

// sendsNothing runs an action that must take no request.
func sendsNothing(t *testing.T, action func()) {
	t.Helper()
	costs(t, nil, action)
}
