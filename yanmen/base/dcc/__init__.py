"""EU Digital COVID Certificates (HC1): read, verified and issued for travellers (Regulation (EU) 2021/953).

Text `HC1:` + Base45 (RFC 9285) of zlib (RFC 1950) of COSE_Sign1 (RFC 9052) of CWT claims (RFC 8392), with the
certificate in claim -260. Specification: eHealth Network, "Technical Specifications for EU Digital COVID Certificates",
volumes 1 and 3, and the certificate's schema 1.3.0.
"""
