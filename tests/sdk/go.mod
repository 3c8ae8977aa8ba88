module github.com/scwkms/scwkms/tests/sdk

go 1.26.0

require (
	filippo.io/mldsa v1.0.0
	github.com/scaleway/scaleway-sdk-go v1.39.0
	github.com/scwkms/scwkms/go v0.0.0
)

require gopkg.in/yaml.v2 v2.4.0 // indirect

replace github.com/scwkms/scwkms/go => ../../go
