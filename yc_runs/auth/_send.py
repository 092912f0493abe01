"""Sends one signed request, with all that the credentials need on the way: what the transport calls.

``client.send(request, auth=credentials)`` does nearly the same. The difference is an exchange that finds nobody at
the other end: httpx gives the call up, while these let the credentials go on with what they have left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from yc_runs.auth._flows import SteppedAuth

if TYPE_CHECKING:
    from yc_runs._async.lease import AsyncHttpClient
    from yc_runs._sync.lease import HttpClient

_AS_IS = httpx.Auth()


def send_signed(client: HttpClient, request: httpx.Request, auth: httpx.Auth) -> httpx.Response:
    """Sign ``request`` with ``auth``, send it through ``client`` and return the unread answer; the caller closes it.

    Redirects are not followed. Raises what ``client.send`` raises, and ``CredentialsError`` or
    ``ConfigurationError`` where no token could be had.
    """
    if not isinstance(auth, SteppedAuth):
        return client.send(request, auth=auth, stream=True, follow_redirects=False)
    flow = auth.sync_auth_flow(request)
    try:
        outgoing = next(flow)
        while True:
            try:
                response = client.send(outgoing, auth=_AS_IS, stream=True, follow_redirects=False)
            except httpx.RequestError as error:
                outgoing = flow.throw(error)
                continue
            try:
                outgoing = flow.send(response)
            except StopIteration:
                return response
            except BaseException:
                response.close()
                raise
            response.close()
    finally:
        flow.close()


async def async_send_signed(client: AsyncHttpClient, request: httpx.Request, auth: httpx.Auth) -> httpx.Response:
    """Do what ``send_signed`` does, through an ``httpx.AsyncClient``."""
    if not isinstance(auth, SteppedAuth):
        return await client.send(request, auth=auth, stream=True, follow_redirects=False)
    flow = auth.async_auth_flow(request)
    try:
        outgoing = await anext(flow)
        while True:
            try:
                response = await client.send(outgoing, auth=_AS_IS, stream=True, follow_redirects=False)
            except httpx.RequestError as error:
                outgoing = await flow.athrow(error)
                continue
            try:
                outgoing = await flow.asend(response)
            except StopAsyncIteration:
                return response
            except BaseException:
                await response.aclose()
                raise
            await response.aclose()
    finally:
        await flow.aclose()
