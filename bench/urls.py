"""The product's addresses and the bare view."""

from django.urls import path

from bench.bare import bare
from kribbe.config import urls as product

handler400, handler403 = product.handler400, product.handler403
handler404, handler500 = product.handler404, product.handler500

urlpatterns = [path("<slug:desk>/bare/<int:cards>/", bare, name="bare"), *product.urlpatterns]
