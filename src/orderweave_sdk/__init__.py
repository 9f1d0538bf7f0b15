"""All that a connector may import.

A connector turns one vendor's API into *records* in Orderweave's words. It declares what it can do in a
`Manifest`, implements the capability protocols that it declares, talks to its system through `Upstream`, and
raises the errors of `orderweave_sdk.errors`. Retry, cache, quota, deadlines, logs and metrics are the gateway's.
"""
