"""Adobe Commerce (PaaS, SaaS) and Magento Open Source: web shops over the REST API."""
