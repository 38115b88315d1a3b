/** Real responses to the examples of the reference; recorded by `npm run generate`. */
export const RECORDED = {
  "requestId": "5e9b7121-ff7f-4152-b1c0-628e88c74020",
  "imageId": "8e961458-dd38-44ac-8a38-fa1211421034",
  "upload": {
    "requestId": "5e9b7121-ff7f-4152-b1c0-628e88c74020"
  },
  "status": {
    "requestId": "5e9b7121-ff7f-4152-b1c0-628e88c74020",
    "status": "completed_with_errors",
    "createdAt": "2026-11-26T16:57:53.098Z",
    "startedAt": "2026-11-26T16:57:53.178Z",
    "finishedAt": "2026-11-26T16:57:53.398Z",
    "options": {
      "mozjpeg": false,
      "progressive": false,
      "quality": 50,
      "format": "jpeg"
    },
    "progress": {
      "total": 3,
      "completed": 2,
      "failed": 1,
      "cancelled": 0,
      "pending": 0,
      "percent": 100
    },
    "bytes": {
      "in": 774698,
      "out": 115390,
      "savedPercent": 85.1
    },
    "webhook": {
      "url": "http://127.0.0.1:8098/hooks/images",
      "state": "delivered",
      "attempts": 1,
      "lastStatus": 204
    },
    "report": {
      "products": [
        {
          "serialNumber": "2",
          "productName": "Brass Pendant Lamp",
          "images": 1,
          "bytesIn": 413081,
          "bytesOut": 61129,
          "savedPercent": 85.2
        },
        {
          "serialNumber": "1",
          "productName": "Stoneware Mug \"Lagoon\", 350 ml",
          "images": 1,
          "bytesIn": 361617,
          "bytesOut": 54261,
          "savedPercent": 85
        }
      ],
      "productCount": 2,
      "failures": [
        {
          "code": "source_not_found",
          "count": 1,
          "origins": [
            {
              "origin": "http://127.0.0.1:8099",
              "count": 1
            }
          ]
        }
      ]
    },
    "products": [
      {
        "serialNumber": "1",
        "productName": "Stoneware Mug \"Lagoon\", 350 ml",
        "images": [
          {
            "id": "8e961458-dd38-44ac-8a38-fa1211421034",
            "index": 0,
            "inputUrl": "http://127.0.0.1:8099/mug.jpg",
            "status": "completed",
            "outputUrl": "http://localhost:3000/processed_images/8e961458-dd38-44ac-8a38-fa1211421034.jpg",
            "contentType": "image/jpeg",
            "bytesIn": 361617,
            "bytesOut": 54261,
            "width": 1600,
            "height": 1200,
            "notes": [],
            "attempts": 1,
            "error": null
          }
        ]
      },
      {
        "serialNumber": "2",
        "productName": "Brass Pendant Lamp",
        "images": [
          {
            "id": "ea503785-4bad-4ca0-810d-8a11800d3a87",
            "index": 0,
            "inputUrl": "http://127.0.0.1:8099/lamp.jpg",
            "status": "completed",
            "outputUrl": "http://localhost:3000/processed_images/ea503785-4bad-4ca0-810d-8a11800d3a87.jpg",
            "contentType": "image/jpeg",
            "bytesIn": 413081,
            "bytesOut": 61129,
            "width": 1600,
            "height": 1200,
            "notes": [],
            "attempts": 1,
            "error": null
          },
          {
            "id": "03704096-2f06-4dfb-bf28-55f2132f6de6",
            "index": 1,
            "inputUrl": "http://127.0.0.1:8099/lamp-detail.jpg",
            "status": "failed",
            "outputUrl": null,
            "contentType": null,
            "bytesIn": null,
            "bytesOut": null,
            "width": null,
            "height": null,
            "notes": [],
            "attempts": 1,
            "error": {
              "code": "source_not_found",
              "message": "The image server 127.0.0.1:8099 has no image at this URL (status 404)."
            }
          }
        ]
      }
    ],
    "next": null
  },
  "list": {
    "requests": [
      {
        "requestId": "5e9b7121-ff7f-4152-b1c0-628e88c74020",
        "status": "completed_with_errors",
        "createdAt": "2026-11-26T16:57:53.098Z",
        "startedAt": "2026-11-26T16:57:53.178Z",
        "finishedAt": "2026-11-26T16:57:53.398Z",
        "options": {
          "mozjpeg": false,
          "progressive": false,
          "quality": 50,
          "format": "jpeg"
        },
        "progress": {
          "total": 3,
          "completed": 2,
          "failed": 1,
          "cancelled": 0,
          "pending": 0,
          "percent": 100
        },
        "bytes": {
          "in": 774698,
          "out": 115390,
          "savedPercent": 85.1
        }
      }
    ],
    "next": null
  },
  "events": {
    "event": "end",
    "id": "u5KESNNI1lYIn3eY",
    "data": "{\"requestId\":\"5e9b7121-ff7f-4152-b1c0-628e88c74020\",\"status\":\"completed_with_errors\",\"createdAt\":\"2026-11-26T16:57:53.098Z\",\"startedAt\":\"2026-11-26T16:57:53.178Z\",\"finishedAt\":\"2026-11-26T16:57:53.398Z\",\"options\":{\"mozjpeg\":false,\"progressive\":false,\"quality\":50,\"format\":\"jpeg\"},\"progress\":{\"total\":3,\"completed\":2,\"failed\":1,\"cancelled\":0,\"pending\":0,\"percent\":100},\"bytes\":{\"in\":774698,\"out\":115390,\"savedPercent\":85.1}}"
  },
  "output": "S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,\"Stoneware Mug \"\"Lagoon\"\", 350 ml\",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/8e961458-dd38-44ac-8a38-fa1211421034.jpg\r\n2,Brass Pendant Lamp,\"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg\",\"http://localhost:3000/processed_images/ea503785-4bad-4ca0-810d-8a11800d3a87.jpg,\"\r\n",
  "deliveries": {
    "requestId": "5e9b7121-ff7f-4152-b1c0-628e88c74020",
    "deliveries": [
      {
        "id": "msg_5e9b7121-ff7f-4152-b1c0-628e88c74020_1",
        "type": "request.completed",
        "run": 1,
        "url": "http://127.0.0.1:8098/hooks/images",
        "state": "delivered",
        "createdAt": "2026-11-26T16:57:53.414Z",
        "nextAttemptAt": null,
        "attempts": 1,
        "redeliveries": 0,
        "lastStatus": 204,
        "log": [
          {
            "at": "2026-11-26T16:57:53.450Z",
            "status": 204,
            "durationMs": 19,
            "error": null,
            "answer": ""
          }
        ]
      }
    ]
  },
  "redeliver": {
    "requestId": "5e9b7121-ff7f-4152-b1c0-628e88c74020",
    "webhookId": "msg_5e9b7121-ff7f-4152-b1c0-628e88c74020_1"
  },
  "retry": {
    "requestId": "5e9b7121-ff7f-4152-b1c0-628e88c74020"
  },
  "cancel": {
    "requestId": "5e9b7121-ff7f-4152-b1c0-628e88c74020"
  },
  "health": {
    "status": "ok",
    "uptimeSeconds": 5
  },
  "ready": {
    "status": "ready",
    "checks": {
      "database": {
        "ok": true
      },
      "storage": {
        "ok": true
      },
      "service": {
        "ok": true
      }
    }
  }
};
