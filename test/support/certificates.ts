/** A certificate for this machine, signed by itself, with its key: for tests only, and worth nothing elsewhere. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a test may be told to trust. */
export const TRUSTED: TestCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUU9701C9346u4Al093vXb3s2y/LEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDAwNTMwMloYDzIxMjYxMDMx
MDA1MzAyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARxyzDDUNq1AjAuDqAXQ5MkOKYBgaHjXbJzjsaLmJRGUd/t3ggaxyGD
u2as38ArrIEsnjbm4zLqs0SDZXJVsvI5o28wbTAdBgNVHQ4EFgQUaxwzi65obEMN
CzMbHR6UDWbZvbwwHwYDVR0jBBgwFoAUaxwzi65obEMNCzMbHR6UDWbZvbwwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAPyR5QxoqXUkaM13bOj/0PH/L7riVSuRbmqtE99EKbbdAiEA
+aF+d37lJFfQVyEdu064UluWaYmfJPsS7fdapHe1sTc=
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbx/kaS0grZMdOK82
da2OyGYDxjz9+TnHB8VJr9dKYRuhRANCAARxyzDDUNq1AjAuDqAXQ5MkOKYBgaHj
XbJzjsaLmJRGUd/t3ggaxyGDu2as38ArrIEsnjbm4zLqs0SDZXJVsvI5
-----END PRIVATE KEY-----`,
};

/** What nobody trusts. */
export const STRANGE: TestCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUMCViZcp2MF5d2FdF2ynmf+5nM6swCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDAwNTMwMloYDzIxMjYxMDMx
MDA1MzAyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARDYyVtuKUh9er4AB2eTpKgteYxw4DV0E+emkrfxIE0ngljRY+r5vbS
2jmKmeBasSFa6yWr3GFZbjwFrvdVrDTYo28wbTAdBgNVHQ4EFgQUM8uGbOMipN6g
0LgTarObwJG5IpQwHwYDVR0jBBgwFoAUM8uGbOMipN6g0LgTarObwJG5IpQwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAOWxzyHCob4TbXram5uF0hedMajtw1akf18VPtQR+6rPAiBK
tCZ2t2z5gaPBBYKQOjwNI2gJwHv4CvP9GI4eW7wqdw==
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyT5Wo3bWvi8XmwXd
U8NX0m4opa9xcesBBgazMIXFsgahRANCAARDYyVtuKUh9er4AB2eTpKgteYxw4DV
0E+emkrfxIE0ngljRY+r5vbS2jmKmeBasSFa6yWr3GFZbjwFrvdVrDTY
-----END PRIVATE KEY-----`,
};
